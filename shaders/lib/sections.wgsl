// Matrices stacked in one buffer, where a number belongs to one of them: `scales` begins with the first rows of
// up to four, and two words more for each. Defines HEADER, rows_of, sections_of and by_section.
// Expects scales, an array<u32>.
const HEADER: u32 = 12u;

fn rows_of(quad: u32) -> vec4u {
  return vec4u(quad * 4u) + vec4u(0u, 1u, 2u, 3u);
}

// Which matrix each of four rows is part of.
fn sections_of(rows: vec4u) -> vec4u {
  return vec4u(rows >= vec4u(scales[1])) + vec4u(rows >= vec4u(scales[2])) + vec4u(rows >= vec4u(scales[3]));
}

// Word `first` of the header, or one of the three behind it.
fn by_section(first: u32, sections: vec4u) -> vec4u {
  return vec4u(
    scales[first + sections.x],
    scales[first + sections.y],
    scales[first + sections.z],
    scales[first + sections.w],
  );
}
