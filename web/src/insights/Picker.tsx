import { Combobox, ScrollArea, UnstyledButton, useCombobox } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import classes from "./insights.module.css";

const MOST_SHOWN = 150;

export interface Choice {
  value: string;
  label: string;
  note?: string;
  group?: string;
}

interface PickerProps {
  /** What is chosen, for those who cannot see it. */
  label: string;
  value: string | null;
  choices: readonly Choice[];
  onChoose: (value: string) => void;
  placeholder?: string;
  icon?: ReactNode;
  /** Opens at once, for what was just added and waits for a choice. */
  opened?: boolean;
  quiet?: boolean;
  nothing?: string;
}

/** A button that opens a list to search and choose from. */
export function Picker(props: PickerProps) {
  const { label, value, choices, onChoose, placeholder = "Choose", icon, opened, quiet } = props;
  const [search, setSearch] = useState("");
  const combobox = useCombobox({
    onDropdownOpen: () => combobox.focusSearchInput(),
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      combobox.focusTarget();
      setSearch("");
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is new opens by itself
  useEffect(() => {
    if (opened) combobox.openDropdown();
  }, []);

  const found = useMemo(() => {
    const words = search.trim().toLowerCase();
    const matching = choices.filter((choice) => choice.label.toLowerCase().includes(words));
    const starts = (choice: Choice) => Number(!choice.label.toLowerCase().startsWith(words));
    return words ? [...matching].sort((a, b) => starts(a) - starts(b)) : matching;
  }, [choices, search]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first match is the one Enter takes
  useEffect(() => {
    if (search) combobox.selectFirstOption();
    else combobox.resetSelectedOption();
  }, [search]);

  const shown = found.slice(0, MOST_SHOWN);
  const groups = [...new Set(shown.map((choice) => choice.group))];
  const chosen = choices.find((choice) => choice.value === value);
  const text = chosen?.label ?? value;
  return (
    <Combobox
      store={combobox}
      width={300}
      position="bottom-start"
      onOptionSubmit={(option) => {
        onChoose(option);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target targetType="button">
        <UnstyledButton
          className={classes.picker}
          data-quiet={quiet || undefined}
          data-empty={text ? undefined : true}
          aria-label={`${label}: ${text || placeholder}`}
          title={text || undefined}
          onClick={() => combobox.toggleDropdown()}
        >
          {icon}
          <span className={classes.pickerText}>{text || placeholder}</span>
          <IconChevronDown size={14} aria-hidden className={classes.chevron} />
        </UnstyledButton>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder="Search"
          aria-label={`Search: ${label}`}
        />
        <Combobox.Options aria-label={label}>
          <ScrollArea.Autosize mah={280} type="scroll" viewportProps={{ tabIndex: -1 }}>
            {shown.length === 0 && (
              <Combobox.Empty>
                {choices.length === 0 ? (props.nothing ?? "Nothing yet") : "Nothing found"}
              </Combobox.Empty>
            )}
            {groups.map((group) => {
              const options = shown
                .filter((choice) => choice.group === group)
                .map((choice) => (
                  <Combobox.Option
                    key={choice.value}
                    value={choice.value}
                    active={choice.value === value}
                    aria-selected={choice.value === value}
                  >
                    <span className={classes.option}>
                      <span className={classes.optionLabel}>{choice.label}</span>
                      {choice.note && <span className={classes.optionNote}>{choice.note}</span>}
                    </span>
                  </Combobox.Option>
                ));
              return group ? (
                <Combobox.Group key={group} label={group}>
                  {options}
                </Combobox.Group>
              ) : (
                options
              );
            })}
            {found.length > MOST_SHOWN && (
              <Combobox.Footer>
                {found.length - MOST_SHOWN} more: search to find them
              </Combobox.Footer>
            )}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
