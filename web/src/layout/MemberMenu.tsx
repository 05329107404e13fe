import {
  Menu,
  SegmentedControl,
  UnstyledButton,
  useMantineColorScheme,
  VisuallyHidden,
} from "@mantine/core";
import {
  IconApi,
  IconDeviceDesktop,
  IconDots,
  IconLogout,
  IconMoon,
  IconSun,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useMe, useSignOut } from "../api/session";
import classes from "./MemberMenu.module.css";

/** Who is signed in, light or dark, the API's reference, and signing out. */
export function MemberMenu() {
  const { data: who } = useMe();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const member = who?.member;
  if (!member) return null;

  return (
    <Menu width={232} position="top-start">
      <Menu.Target>
        <UnstyledButton className={classes.target}>
          <span className={classes.initials} data-initials={initials(member.name)} />
          <span className={classes.name}>
            <VisuallyHidden>You: </VisuallyHidden>
            {member.name}
          </span>
          <IconDots size={16} stroke={1.6} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <div>{member.email}</div>
          <div className={classes.role}>{member.role}</div>
        </div>
        <div className={classes.scheme}>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label="Light or dark"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as "light" | "dark" | "auto")}
            data={[
              { value: "light", label: <Scheme icon={<IconSun size={14} />} name="Light" /> },
              { value: "dark", label: <Scheme icon={<IconMoon size={14} />} name="Dark" /> },
              {
                value: "auto",
                label: <Scheme icon={<IconDeviceDesktop size={14} />} name="Auto" />,
              },
            ]}
          />
        </div>
        <Menu.Divider />
        <Menu.Item
          component="a"
          href="/reference"
          target="_blank"
          leftSection={<IconApi size={16} stroke={1.6} />}
        >
          API reference
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.6} />}
          onClick={() => signOut.mutate()}
        >
          Sign out
        </Menu.Item>
        <div className={classes.version}>Cairn {who.version}</div>
      </Menu.Dropdown>
    </Menu>
  );
}

function Scheme({ icon, name }: { icon: ReactNode; name: string }) {
  return (
    <span className={classes.choice}>
      {icon}
      {name}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const last = words.length > 1 ? words.at(-1) : "";
  return ((words[0]?.charAt(0) ?? "") + (last?.charAt(0) ?? "")).toUpperCase();
}
