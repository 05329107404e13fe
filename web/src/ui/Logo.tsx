import classes from "./Logo.module.css";

/** The cairn: three stacked stones, the top one in the accent. */
export function Stones({ size = 24 }: { size?: number }) {
  return (
    <svg
      className={classes.stones}
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
    >
      <path d="M2.6 25.6c0-3 5.300-4.700 12.900-4.700 8 0 13.900 1.500 13.900 4.600 0 2.900-5.900 4.300-13.700 4.300-7.600 0-13.100-1.300-13.100-4.200z" />
      <path d="M6.700 16.200c0-2.700 4.200-4.200 9.800-4.200 5.300 0 9.100 1.700 9.100 4.300 0 2.400-4 3.500-9.400 3.500-5.500 0-9.500-1.200-9.500-3.600z" />
      <path
        className={classes.top}
        d="M10.400 6.900c0-2.600 2.700-4.700 6.100-4.700 3.200 0 5.600 1.900 5.600 4.500 0 2.700-2.600 4.200-5.900 4.200-3.300 0-5.800-1.400-5.800-4z"
      />
    </svg>
  );
}

/** The cairn with its name. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <span className={classes.logo} style={{ fontSize: size * 0.75 }}>
      <Stones size={size} />
      Cairn
    </span>
  );
}
