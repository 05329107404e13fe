import { Button, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { View } from "../api/shapes";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { formatValue } from "./format";
import { openingAt } from "./openings";

const ROWS_AT_ONCE = 200;

interface TableViewProps {
  view: View;
  onPoint?: OnPoint | undefined;
}

/** The numbers of a view as a table; those with people behind them are buttons. */
export function TableView({ view, onPoint }: TableViewProps) {
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  const { columns, rows } = view.table;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.tableFrame} aria-label="Table" tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" data-unit={column.unit}>
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row, r) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows never change their order
              <tr key={r}>
                {row.map((cell, c) => {
                  const column = columns[c];
                  if (!column) return null;
                  const text = formatValue(cell, column.unit);
                  const opening = onPoint && cell ? openingAt(view, r, c) : null;
                  return (
                    <td key={column.key} data-unit={column.unit}>
                      {opening && onPoint ? (
                        <UnstyledButton
                          className={classes.opens}
                          aria-label={`${text}: ${opening.label}. Show the people.`}
                          onClick={() => onPoint(opening.point, opening.label)}
                        >
                          {text}
                        </UnstyledButton>
                      ) : (
                        text
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > shown && (
        <Button variant="default" size="xs" mt="sm" onClick={() => setShown(shown + ROWS_AT_ONCE)}>
          Show {Math.min(ROWS_AT_ONCE, rows.length - shown)} more of {rows.length} rows
        </Button>
      )}
    </>
  );
}
