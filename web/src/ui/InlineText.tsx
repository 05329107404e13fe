import { useState } from "react";
import classes from "./InlineText.module.css";

interface Props {
  value: string;
  label: string;
  /** What is shown, dimmed, while there is no text. */
  placeholder?: string;
  maxLength: number;
  /** Without a text the old one stays. */
  required?: boolean;
  className?: string | undefined;
  /** Begins with the text selected for typing. */
  open?: boolean;
  onChange: (value: string) => void;
  onClose?: () => void;
}

/** A text that becomes a field when one clicks it. Enter keeps the new text, Escape the old one. */
export function InlineText(props: Props) {
  const { value, label, placeholder, maxLength, required, className, open, onChange } = props;
  const [draft, setDraft] = useState<string | null>(open ? value : null);

  function close(next: string | null) {
    setDraft(null);
    const clean = next?.trim();
    if (clean !== undefined && clean !== value && !(required && clean === "")) onChange(clean);
    props.onClose?.();
  }

  if (draft === null) {
    return (
      <button
        type="button"
        className={`${classes.text} ${className ?? ""}`}
        data-empty={value === "" || undefined}
        onClick={() => setDraft(value)}
        title={label}
      >
        {value || placeholder}
      </button>
    );
  }
  return (
    <input
      className={`${classes.field} ${className ?? ""}`}
      aria-label={label}
      placeholder={placeholder}
      maxLength={maxLength}
      value={draft}
      // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => close(draft)}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") {
          event.stopPropagation();
          close(null);
        }
      }}
    />
  );
}
