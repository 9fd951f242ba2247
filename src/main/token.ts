import { Command } from "commander";
import type { Terminal } from "./terminal.ts";
import { adminTokenCommand } from "./token-admin.ts";
import { dataplaneTokenCommand, userTokenCommand, zoneTokenCommand } from "./token-issue.ts";
import { revokeTokenCommand } from "./token-revoke.ts";
import { rotateKeyCommand } from "./token-rotate.ts";

/** Tokens of proxies and users: made, revoked, and their keys rotated. */
export function tokenCommand(terminal: Terminal): Command {
  const command = new Command("token").description("make tokens for proxies and users, revoke them, and rotate the keys that sign them");
  for (const make of [adminTokenCommand, dataplaneTokenCommand, userTokenCommand, zoneTokenCommand, revokeTokenCommand, rotateKeyCommand]) {
    command.addCommand(make(terminal));
  }
  return command;
}
