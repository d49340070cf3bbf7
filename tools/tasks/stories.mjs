const WRONG = 3;

/** Stories of a text as lists of sentences; each keeps the white space before it. */
export function readStories(text) {
  return text
    .split("<|endoftext|>")
    .map((story) => story.trim())
    .filter((story) => story !== "")
    .map(sentences);
}

/** A sentence ends at a stop, a mark or a quote behind one, where white space and no small letter follow. */
function sentences(story) {
  return story.split(/(?<=[.!?]"?)(?=\s+["A-Z])/);
}

/** Where a story is cut, and how much of it is shown before the cut. */
const cuts = [
  { group: "a third in", at: (length) => Math.round(length / 3) },
  { group: "two thirds in", at: (length) => Math.round((2 * length) / 3) },
  { group: "ending", at: (length) => length - 1 },
];
const SHOWN = 5;

/** What comes next, among what comes at the same place of other stories. */
export function makeEndings(random, stories) {
  return cuts.flatMap(({ group, at }) =>
    stories.map((story) => {
      const cut = at(story.length);
      const others = stories.filter((other) => other !== story);
      const wrong = random.draw(others, WRONG).map((other) => other[at(other.length)]);
      const context = story
        .slice(Math.max(0, cut - SHOWN), cut)
        .join("")
        .trimStart();
      // One space before each: a line feed would tell which is from another place.
      const follows = (sentence) => ` ${sentence.trim()}`;
      return { group, context, ...random.choices(follows(story[cut]), wrong.map(follows)) };
    }),
  );
}

/** Words of which one can stand for another without breaking grammar. */
const classes = {
  feeling: ["happy", "sad", "angry", "scared", "tired", "hungry", "afraid", "excited", "sorry"],
  animal: ["dog", "cat", "bird", "horse", "cow", "pig", "fox", "bear", "mouse", "turtle"],
  food: ["cake", "bread", "soup", "milk", "cookie", "carrots", "lemonade", "eggs", "apple"],
  place: ["house", "park", "garden", "kitchen", "school", "store", "room", "street", "pond"],
  nature: ["sky", "grass", "moon", "sun", "rain", "snow", "wind", "water", "tree", "ground"],
  body: ["head", "nose", "eyes", "hand", "hands", "leg", "legs", "face", "feet", "hair", "ears"],
  verb: ["ran", "jumped", "walked", "sat", "looked", "laughed", "cried", "slept", "ate", "waited"],
  way: ["up", "down", "away", "back", "home", "outside", "together", "again"],
  size: [
    "big",
    "small",
    "long",
    "old",
    "new",
    "soft",
    "warm",
    "cold",
    "dark",
    "wet",
    "fast",
    "slow",
  ],
};
const EACH = 4;

/** A word of a story among others of its class, none of which the shown text has: this is knowing, not looking back. */
export function makeCloze(random, stories) {
  return stories.flatMap((story) => {
    const found = story.flatMap((sentence, at) => gaps(story, sentence, at));
    const kept = [];
    for (const gap of random.shuffled(found)) {
      if (kept.length < EACH && kept.every(({ word }) => word !== gap.word)) kept.push(gap);
    }
    return kept.map(({ group, context, word, others }) => ({
      group,
      context,
      ...random.choices(
        ` ${word}`,
        random.draw(others, WRONG).map((other) => ` ${other}`),
      ),
    }));
  });
}

function gaps(story, sentence, at) {
  const before = story.slice(Math.max(0, at - 2), at).join("");
  return [...sentence.matchAll(/ ([a-z]+)(?=[ .,!?])/g)].flatMap((match) => {
    const [, word] = match;
    const context = `${before}${sentence.slice(0, match.index)}`.trimStart();
    const seen = new Set(context.toLowerCase().match(/[a-z]+/g));
    const [group, all] = Object.entries(classes).find(([, list]) => list.includes(word)) ?? [];
    if (!group || seen.has(word) || seen.size < 6) return [];
    const others = all.filter((other) => other !== word && !seen.has(other));
    return others.length < WRONG ? [] : [{ group, context, word, others }];
  });
}
