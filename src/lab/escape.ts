/**
 * Text for HTML and SVG, between tags and inside double quotes alike. Nobody vouches for what a report says: control
 * characters and those that turn the direction of writing are shown as what cannot be shown.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(UNSHOWABLE, "\u{fffd}")
    .replace(/[&<>"'`]/g, (mark) => `&#${mark.codePointAt(0)};`);
}

/** All controls but tab and line feed; halves of characters; overrides and isolates of direction. */
const UNSHOWABLE = /(?![\t\n])\p{Cc}|[\p{Cs}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;
