import { Kbd, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import classes from "./Navigation.module.css";

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Opens the finder, and says by which keys it opens too. */
export function FinderButton({ onClick }: { onClick: () => void }) {
  return (
    <UnstyledButton className={classes.finder} onClick={onClick}>
      <IconSearch size={15} stroke={1.6} aria-hidden="true" />
      <span>Go to</span>
      <Kbd size="xs" aria-hidden="true">
        {isMac ? "⌘" : "Ctrl"} K
      </Kbd>
    </UnstyledButton>
  );
}
