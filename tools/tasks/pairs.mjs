import {
  a,
  animals,
  boys,
  colours,
  feelings,
  foods,
  girls,
  places,
  plural,
  things,
} from "./words.mjs";

/** How many pairs a phenomenon has. */
const EACH = 12;
const counted = animals.filter((animal) => animal !== "fish");
const vowels = ["apple", "egg", "orange", "elephant", "owl", "ant"];
const irregular = [
  ["went", "goed", "to the park"],
  ["ran", "runned", "to the house"],
  ["saw", "seed", "a big dog"],
  ["ate", "eated", "the cake"],
  ["fell", "falled", "on the ground"],
  ["found", "finded", "a red ball"],
  ["came", "comed", "back home"],
  ["took", "taked", "the book"],
  ["gave", "gived", "her a flower"],
  ["made", "maked", "a big cake"],
  ["slept", "sleeped", "in the bed"],
  ["flew", "flied", "up in the sky"],
];
const actions = [
  ["play", "played", "with the ball"],
  ["help", "helped", "the little bird"],
  ["jump", "jumped", "in the water"],
  ["look", "looked", "at the sky"],
  ["walk", "walked", "to the store"],
  ["open", "opened", "the door"],
  ["wash", "washed", "the dishes"],
  ["climb", "climbed", "the tree"],
  ["talk", "talked", "to the cat"],
  ["paint", "painted", "the wall"],
  ["touch", "touched", "the frog"],
  ["share", "shared", "the toys"],
];

/** Each makes a pair [good, bad] that differs in one word; `at` counts from 0. */
export const phenomena = {
  agreement_be: ({ pick }, at) => {
    const [noun, state] = [pick(counted), pick(feelings)];
    return at % 2
      ? [`The ${noun} was very ${state}.`, `The ${noun} were very ${state}.`]
      : [`The ${plural(noun)} were very ${state}.`, `The ${plural(noun)} was very ${state}.`];
  },
  agreement_have: ({ pick }, at) => {
    const [noun, thing] = [pick(counted), a(pick(things))];
    return at % 2
      ? [`The ${noun} has ${thing}.`, `The ${noun} have ${thing}.`]
      : [`The ${plural(noun)} have ${thing}.`, `The ${plural(noun)} has ${thing}.`];
  },
  agreement_there: ({ pick }, at) => {
    const [noun, place] = [pick(counted), pick(places)];
    return at % 2
      ? [`There was ${a(noun)} in the ${place}.`, `There were ${a(noun)} in the ${place}.`]
      : [
          `There were many ${plural(noun)} in the ${place}.`,
          `There was many ${plural(noun)} in the ${place}.`,
        ];
  },
  pronoun_gender: ({ pick }, at) => {
    const [name, right, wrong] = at % 2 ? [pick(girls), "she", "he"] : [pick(boys), "he", "she"];
    const rest = `found ${a(pick(things))}.`;
    return [
      `${name} was happy because ${right} ${rest}`,
      `${name} was happy because ${wrong} ${rest}`,
    ];
  },
  possessive_gender: ({ pick }, at) => {
    const [name, right, wrong] = at % 2 ? [pick(girls), "her", "his"] : [pick(boys), "his", "her"];
    const [verb, thing] = [pick(["lost", "loved", "took"]), pick(things)];
    return [`${name} ${verb} ${right} ${thing}.`, `${name} ${verb} ${wrong} ${thing}.`];
  },
  reflexive_gender: ({ pick }, at) => {
    const [who, right, wrong] =
      at % 2
        ? [pick([...girls, "The girl"]), "herself", "himself"]
        : [pick([...boys, "The boy"]), "himself", "herself"];
    const verb = pick(["was proud of", "hurt", "saw", "looked at"]);
    return [`${who} ${verb} ${right}.`, `${who} ${verb} ${wrong}.`];
  },
  pronoun_case: ({ pick }, at) => {
    const [right, wrong] = pick([
      ["him", "he"],
      ["her", "she"],
      ["them", "they"],
      ["me", "I"],
    ]);
    const who = pick(["Mom", "Dad", "Grandma", "The teacher"]);
    const thing = a(pick(foods));
    return at % 2
      ? [`${who} gave ${right} ${thing}.`, `${who} gave ${wrong} ${thing}.`]
      : [`${who} gave ${thing} to ${right}.`, `${who} gave ${thing} to ${wrong}.`];
  },
  article: ({ pick }, at) => {
    const noun = at % 2 ? pick(vowels) : pick([...counted, ...things]);
    const wrong = a(noun).startsWith("an ") ? `a ${noun}` : `an ${noun}`;
    const who = pick([...girls, ...boys]);
    return [`${who} saw ${a(noun)}.`, `${who} saw ${wrong}.`];
  },
  determiner_noun: ({ pick }, at) => {
    const noun = pick([...counted, ...things.filter((thing) => thing !== "box")]);
    const colour = pick(colours);
    return at % 2
      ? [`I like this ${colour} ${noun}.`, `I like these ${colour} ${noun}.`]
      : [`I like these ${colour} ${plural(noun)}.`, `I like this ${colour} ${plural(noun)}.`];
  },
  numeral_noun: ({ pick }) => {
    const noun = pick([...counted, ...things.filter((thing) => thing !== "box")]);
    const number = pick(["two", "three", "four", "many"]);
    const who = pick([...girls, ...boys]);
    return [`${who} saw ${number} ${plural(noun)}.`, `${who} saw ${number} ${noun}.`];
  },
  irregular_past: ({ pick }, at) => {
    const [right, wrong, rest] = irregular[at];
    const who = pick([...girls, ...boys]);
    return [`${who} ${right} ${rest}.`, `${who} ${wrong} ${rest}.`];
  },
  verb_after_to: ({ pick }, at) => {
    const [base, past, rest] = actions[at];
    const who = pick([...girls, ...boys]);
    return [`${who} wanted to ${base} ${rest}.`, `${who} wanted to ${past} ${rest}.`];
  },
  verb_after_did_not: ({ pick }, at) => {
    const [base, past, rest] = actions[at];
    const who = pick([...girls, ...boys]);
    return [`${who} did not ${base} ${rest}.`, `${who} did not ${past} ${rest}.`];
  },
};

/** As BLiMP writes its own: sentence_good, sentence_bad, UID. */
export function makePairs(random) {
  return Object.entries(phenomena).flatMap(([UID, make]) => {
    const seen = new Set();
    return Array.from({ length: EACH }, (_, at) => {
      for (;;) {
        const [sentence_good, sentence_bad] = make(random, at);
        if (seen.has(sentence_good)) continue;
        seen.add(sentence_good);
        return { UID, sentence_good, sentence_bad };
      }
    });
  });
}
