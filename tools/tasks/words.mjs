// Words of simple children's stories, by what can stand in one place of a sentence.
export const girls = ["Lily", "Mia", "Anna", "Sue", "Lucy", "Emma", "Sara", "Amy"];
export const boys = ["Tim", "Tom", "Ben", "Max", "Sam", "Jack", "Joe", "Nick"];
export const colours = ["red", "blue", "green", "yellow", "pink", "white", "black", "brown"];
export const things = ["ball", "hat", "car", "book", "cup", "box", "bike", "bag"];
export const foods = ["cake", "apple", "bread", "soup", "cookie", "banana", "carrot", "egg"];
export const animals = ["dog", "cat", "bird", "horse", "cow", "pig", "duck", "fish"];
export const petNames = ["Spot", "Rex", "Fluffy", "Buddy", "Coco", "Teddy"];
export const places = ["park", "garden", "kitchen", "house", "school", "store", "forest", "farm"];
export const feelings = ["happy", "sad", "angry", "scared", "tired", "hungry"];

/** What stands between a fact and the question about it. */
export const fillers = [
  "It was a sunny day.",
  "They went to the park.",
  "The birds sang in the trees.",
  "They played for a long time.",
  "Then it started to rain.",
  "They were very happy.",
];

/** "apple" -> "an apple" */
export const a = (noun) => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
export const plural = (noun) => (noun === "fish" ? noun : `${noun}s`);
