import { a, animals, boys, colours, fillers, foods, girls, petNames, things } from "./words.mjs";

/** Facts about several children, some sentences between, and a question that one fact answers. */
const kinds = {
  colour({ pick, draw }, bindings) {
    const [names, values, thing] = [
      draw([...girls, ...boys], bindings),
      draw(colours, bindings),
      pick(things),
    ];
    return {
      facts: names.map((name, at) => `${name} had a ${values[at]} ${thing}.`),
      values,
      pool: colours,
      ask: (at) => `${names[at]}'s ${thing} was`,
    };
  },
  name({ draw, pick }, bindings) {
    const [kept, values, who] = [
      draw(animals, bindings),
      draw(petNames, bindings),
      pick([...girls, ...boys]),
    ];
    return {
      facts: kept.map((animal, at) => `${who} had ${a(animal)} named ${values[at]}.`),
      values,
      pool: petNames,
      ask: (at) => `The ${kept[at]}'s name was`,
    };
  },
  owner({ draw }, bindings) {
    const [values, owned] = [draw([...girls, ...boys], bindings), draw(things, bindings)];
    return {
      facts: values.map((name, at) => `${name} had ${a(owned[at])}.`),
      values,
      pool: [...girls, ...boys],
      ask: (at) => `"Where is my ${owned[at]}?" asked`,
    };
  },
  food({ draw }, bindings) {
    const [names, values] = [draw([...girls, ...boys], bindings), draw(foods, bindings)];
    const her = (name) => (girls.includes(name) ? "her" : "his");
    return {
      facts: names.map((name, at) => `Mom gave ${name} ${a(values[at])}.`),
      values,
      pool: foods,
      ask: (at) => `${names[at]} ate ${her(names[at])}`,
    };
  },
};

const EACH = 4;
const WRONG = 3;

export function makeRetrieval(random) {
  const items = [];
  for (const [kind, make] of Object.entries(kinds)) {
    for (const bindings of [1, 2, 3]) {
      for (const distance of [0, 1, 2]) {
        for (let i = 0; i < EACH; i++) {
          const { facts, values, pool, ask } = make(random, bindings);
          const asked = random.below(bindings);
          const between = random.draw(fillers, distance);
          const context = [...facts, ...between, ask(asked)].join(" ");
          // A lone fact is asked for among words that nobody said: then looking back is enough.
          const wrong =
            bindings === 1
              ? random.draw(
                  pool.filter((word) => !values.includes(word)),
                  WRONG,
                )
              : values.filter((_, at) => at !== asked);
          const { choices, answer } = random.choices(values[asked], wrong);
          items.push({
            group: `${kind}, ${bindings === 1 ? "1 fact" : `${bindings} facts`}`,
            context,
            choices: choices.map((word) => ` ${word}`),
            answer,
          });
        }
      }
    }
  }
  return items;
}

const nouns = [...colours, ...things, ...foods, ...animals, "tree", "sun", "moon", "door", "bed"];

/** Random words in pairs; the first of one pair comes again and asks for the second. */
export function makeInduction(random) {
  return Array.from({ length: 120 }, (_, at) => {
    const pairs = at % 2 ? 3 : 2;
    const words = random.draw([...new Set(nouns)], pairs * 2);
    const asked = random.below(pairs);
    const firsts = words.filter((_, i) => i % 2 === 0);
    const seconds = words.filter((_, i) => i % 2 === 1);
    const list = firsts.map((word, i) => `${word} ${seconds[i]}`).join(" ");
    const { choices, answer } = random.choices(
      seconds[asked],
      seconds.filter((_, i) => i !== asked),
    );
    return {
      group: `${pairs} pairs`,
      context: `${list} ${list} ${list} ${firsts[asked]}`,
      choices: choices.map((word) => ` ${word}`),
      answer,
    };
  });
}
