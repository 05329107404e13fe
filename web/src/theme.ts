/** The look: stone greys, one deep teal, hairlines instead of shadows. */

import {
  ActionIcon,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  Modal,
  Table,
  Tooltip,
} from "@mantine/core";

const stone: MantineColorsTuple = [
  "#fafaf9",
  "#f5f5f4",
  "#e7e5e4",
  "#d6d3d1",
  "#bfbab5",
  "#8c8680",
  "#6b655f",
  "#57534e",
  "#44403c",
  "#292524",
];

const night: MantineColorsTuple = [
  "#e7e5e4",
  "#c9c4bf",
  "#a8a29e",
  "#8a837d",
  "#3a3633",
  "#2e2b28",
  "#24211f",
  "#1c1a18",
  "#151412",
  "#0e0d0c",
];

const teal: MantineColorsTuple = [
  "#eef8f7",
  "#d6efec",
  "#aadfd9",
  "#76cdc4",
  "#3fc1b4",
  "#1fa398",
  "#128a82",
  "#0b6e69",
  "#085a56",
  "#064542",
];

export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 7, dark: 4 },
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    return input.variant === "filled" ? { ...colors, color: "var(--on-filled)" } : colors;
  },
  colors: { gray: stone, dark: night, teal },
  black: "#1c1917",
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  defaultRadius: "md",
  radius: { xs: "3px", sm: "5px", md: "7px", lg: "10px", xl: "16px" },
  fontSizes: { xs: "0.75rem", sm: "0.875rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  cursorType: "pointer",
  respectReducedMotion: true,
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1.0625rem", lineHeight: "1.4" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.45" },
    },
  },
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray" } }),
    Checkbox: Checkbox.extend({ defaultProps: { iconColor: "var(--on-filled)" } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, overlayProps: { opacity: 0.35 } },
      styles: { title: { fontSize: "1rem", fontWeight: 600 } },
    }),
    Table: Table.extend({ defaultProps: { borderColor: "var(--hairline)" } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, withArrow: false } }),
  },
});

/** Colours that Mantine has no name for: the ground under surfaces, hairlines, text on buttons. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--ground": "#fafaf9",
    "--hairline": "#e7e5e4",
    "--accent": "#0b6e69",
    "--accent-soft": "#e6f3f1",
    "--on-filled": "#ffffff",
    "--mantine-color-placeholder": "#78716c",
    "--mantine-color-dimmed": "#6b655f",
    "--mantine-color-error": "#b3261e",
  },
  dark: {
    "--ground": "#151412",
    "--hairline": "#33302d",
    "--accent": "#3fc1b4",
    "--accent-soft": "#14312e",
    "--on-filled": "#0e1b1a",
    "--mantine-color-placeholder": "#8f8882",
    "--mantine-color-dimmed": "#a8a29e",
    "--mantine-color-error": "#ff8a80",
  },
});
