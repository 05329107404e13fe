import { ago, dateAndTime } from "../lib/time";

interface Props {
  iso: string;
  timeZone: string;
  /** `ago` says how long ago, `full` the date and time; the other is in the tooltip. */
  as?: "ago" | "full";
}

/** An instant; its tooltip has the exact time and says in which time zone. */
export function Moment({ iso, timeZone, as = "ago" }: Props) {
  const exact = dateAndTime(iso, timeZone);
  return (
    <time dateTime={iso} title={`${exact} (${timeZone})`} style={{ whiteSpace: "nowrap" }}>
      {as === "ago" ? ago(iso) : exact}
    </time>
  );
}
