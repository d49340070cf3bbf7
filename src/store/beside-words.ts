/** What the page says of a row: both speeds, and how the other program's logits compare with ours. */
export { peerName, peerPart, peerWords } from "../lab/peer-part.ts";
export { summariseSpeed } from "../lab/speed.ts";
