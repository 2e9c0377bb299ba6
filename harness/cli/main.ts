#!/usr/bin/env node
/**
 * The `sightline` command. Nothing but the version of Node is looked at before anything else is loaded: what an old one
 * would say of the rest helps nobody.
 */
import { messages } from './messages.js';
import { ExitCode, say } from './output.js';
import { text } from './text.js';

const OLDEST_NODE = 20;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  say(text(messages.errors.oldNode, { version: process.versions.node }));
  process.exit(ExitCode.Failure);
}
await import('./program.js');
