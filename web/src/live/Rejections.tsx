import { Button, Group, Skeleton } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useRejections } from "../api/catalog";
import { count } from "../lib/number";
import { Empty } from "../ui/Empty";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import classes from "./live.module.css";
import { RejectionRow } from "./rows";

const PER_PAGE = 50;

interface RejectionsProps {
  projectId: string;
  timeZone: string;
}

/** Everything that was refused and is kept, newest first, page by page. */
export function Rejections({ projectId, timeZone }: RejectionsProps) {
  const [offset, setOffset] = useState(0);
  const { data, error, isPending, refetch } = useRejections(projectId, offset, PER_PAGE);
  if (error && !data) return <Problem error={error} onRetry={() => void refetch()} />;
  if (isPending || !data) return <Skeleton height={240} radius="lg" />;
  if (data.total === 0) {
    return (
      <Surface>
        <Empty icon={<IconCircleCheck size={22} stroke={1.5} />} title="Nothing was refused">
          What arrives and cannot become an event is kept here, with the reason and what to do.
        </Empty>
      </Surface>
    );
  }
  const last = Math.min(offset + PER_PAGE, data.total);
  return (
    <>
      <Surface>
        <ul className={classes.list} aria-label="Refused, newest first">
          {data.rejections.map((item, i) => (
            <RejectionRow
              // biome-ignore lint/suspicious/noArrayIndexKey: equal messages may be refused at the same instant
              key={`${item.received} ${i}`}
              timeZone={timeZone}
              item={item}
              dated
            />
          ))}
        </ul>
      </Surface>
      <Group justify="space-between" mt="xs">
        <span className={classes.foot}>
          {count(offset + 1)} to {count(last)} of {count(data.total)}. Times are in {timeZone}.
        </span>
        {data.total > PER_PAGE && (
          <Group gap={8}>
            <Button
              size="xs"
              variant="default"
              disabled={offset === 0}
              onClick={() => setOffset(Math.max(0, offset - PER_PAGE))}
            >
              Newer
            </Button>
            <Button
              size="xs"
              variant="default"
              disabled={last >= data.total}
              onClick={() => setOffset(offset + PER_PAGE)}
            >
              Older
            </Button>
          </Group>
        )}
      </Group>
    </>
  );
}
