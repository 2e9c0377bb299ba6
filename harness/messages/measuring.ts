/** What channels, stages and figures of measurements are called, on the command line and in reports. */
import type { Catalogue } from './catalogue.js';

export interface MeasuringWords {
  readonly channel: Readonly<Record<string, string>>;
  readonly stage: Readonly<Record<string, string>>;
  readonly figure: Readonly<Record<string, string>>;
}

const en = {
  channel: {
    display: 'display',
    input: 'input',
    clickToPicture: 'click to picture',
    whiteboard: 'whiteboard, to host',
    whiteboardToViewers: 'whiteboard, to viewers',
    laser: 'laser, to host',
    laserToViewers: 'laser, to viewers',
    chat: 'chat, to host',
    chatToViewers: 'chat, to viewers',
  },
  stage: {
    late: 'made late',
    eventUp: 'event to relay',
    eventRelay: 'relay: event',
    eventDown: 'event to host',
    apply: 'applied',
    window: 'waits for capture',
    capture: 'captured',
    compare: 'compared',
    pool: 'waits for coder',
    encode: 'encoded',
    frameUp: 'frame to relay',
    frameRelay: 'relay: frame',
    frameDown: 'frame to viewer',
    travel: 'host and way, first part',
    arrive: 'way, the rest',
    decode: 'decoded',
    animation: 'waits for animation frame',
    compose: 'painted',
    present: 'marker read back',
    othersDown: 'to other viewer',
  },
  figure: {
    framesPerSecond: 'frames per second',
    bytesPerFrame: 'bytes per frame',
    'cpu.host': 'CPU per frame, host',
    'cpu.relay': 'CPU per frame, relay',
    'cpu.viewer': 'CPU per frame, viewer',
    mid: 'middle 90 %',
  },
};

const fr: typeof en = {
  channel: {
    display: 'affichage',
    input: 'entrée',
    clickToPicture: 'du clic à l’image',
    whiteboard: 'tableau blanc, à l’hôte',
    whiteboardToViewers: 'tableau blanc, aux autres',
    laser: 'laser, à l’hôte',
    laserToViewers: 'laser, aux autres',
    chat: 'messages, à l’hôte',
    chatToViewers: 'messages, aux autres',
  },
  stage: {
    late: 'créé en retard',
    eventUp: 'événement au relais',
    eventRelay: 'relais : événement',
    eventDown: 'événement à l’hôte',
    apply: 'appliqué',
    window: 'attend la capture',
    capture: 'capturé',
    compare: 'comparé',
    pool: 'attend le codeur',
    encode: 'codé',
    frameUp: 'image au relais',
    frameRelay: 'relais : image',
    frameDown: 'image au spectateur',
    travel: 'hôte et chemin, début',
    arrive: 'chemin, le reste',
    decode: 'décodé',
    animation: 'attend l’image d’animation',
    compose: 'peint',
    present: 'repère relu',
    othersDown: 'à l’autre spectateur',
  },
  figure: {
    framesPerSecond: 'images par seconde',
    bytesPerFrame: 'octets par image',
    'cpu.host': 'processeur par image, hôte',
    'cpu.relay': 'processeur par image, relais',
    'cpu.viewer': 'processeur par image, spectateur',
    mid: '90 % du milieu',
  },
};

export const MEASURING: Catalogue<typeof en> = { en, fr };

/** What a figure is called: `display/decode.mid` is "display, decoded (middle 90 %)". */
export function figureInWords(id: string, words: MeasuringWords): string {
  const known = words.figure[id];
  if (known !== undefined) return known;
  const [, channel = '', , stage, statistic = ''] = /^([^/.]+)(\/([^.]+))?\.(.+)$/.exec(id) ?? [];
  const named = words.channel[channel] ?? channel;
  if (stage === undefined) return `${named}, ${statistic}`;
  return `${named}: ${words.stage[stage] ?? stage}`;
}
