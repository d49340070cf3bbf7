export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 22 22" aria-hidden="true">
      <circle cx="11" cy="11" r="9" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path
        d="M11 11 16.2 5.8"
        stroke="var(--color-accent)"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <g fill="currentColor">
        <circle cx="4.6" cy="14.8" r="1" />
        <circle cx="4.2" cy="9" r="1" />
        <circle cx="8" cy="4.7" r="1" />
      </g>
    </svg>
  );
}
