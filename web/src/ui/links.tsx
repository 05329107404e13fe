/** Buttons and menu items that lead to a page of this site. */

import { Button, type ButtonProps, Menu, type MenuItemProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

type Anchor = Omit<ComponentPropsWithRef<"a">, "style" | "color" | "size">;

/** A button that leads to a page. */
export const ButtonLink = createLink((props: ButtonProps & Anchor) => (
  <Button component="a" {...props} />
));

/** A menu item that leads to a page. */
export const MenuLink = createLink((props: MenuItemProps & Anchor) => (
  <Menu.Item component="a" {...props} />
));
