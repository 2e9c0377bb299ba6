/** What a viewer knows before it has connected. */
import { NO_VIEWER } from '../protocol/index.js';
import type { ViewerState } from './types.js';

export const INITIAL_STATE: Omit<ViewerState, 'quality'> = {
  connection: { kind: 'idle' },
  link: 'alive',
  lane: false,
  host: 'unknown',
  hostName: '',
  hostQuiet: false,
  session: '',
  viewer: NO_VIEWER,
  participants: [],
  controller: NO_VIEWER,
  capabilities: undefined,
  level: undefined,
  auto: undefined,
  tool: 'none',
  recording: false,
  watching: true,
  controlWanted: false,
  controlLapsed: false,
  width: 0,
  height: 0,
  stale: false,
};
