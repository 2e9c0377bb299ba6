/** Links between processes: the relay's servers, and dialling from Node. A page has its own dial. */
export { type ChosenTransport, chooseTransport, type TransportWish } from './choose.js';
export { type DialOptions, dialWebSocket } from './dial.js';
export type { HttpHeader, HttpReply, HttpRequest } from './http-request.js';
export type { Dial, Link } from './link.js';
export { HEARTBEAT, type HeartbeatTimes, LiveLink, type LiveLinkOptions } from './live-link.js';
export { ProxyTrust } from './peer-address.js';
export {
  LINK_PATH,
  type LinkPeer,
  type Listening,
  type ListenOptions,
  type RelayTransport,
  type TransportName,
} from './relay-transport.js';
export { Thinner, type ThinnerPort } from './thinner.js';
export type { TlsFiles } from './tls-files.js';
