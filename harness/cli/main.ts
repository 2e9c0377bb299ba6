#!/usr/bin/env node
/**
 * The `sightline` command. Nothing but the version of Node is looked at before anything else is loaded: what an old one
 * would say of the rest helps nobody.
 */
import { messages } from './messages.js';

const OLDEST_NODE = 20;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(messages.errors.oldNode.replace('{version}', process.versions.node));
  process.exit(1);
}
await import('./program.js');
