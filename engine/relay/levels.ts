/** Which colour level a viewer's wish comes to. The one place where 'auto' is decided. */
import { ColourLevel, levelOfName, type QualityName } from '../../codecs/index.js';

/** 'auto' is the full picture: flow control already keeps it fresh on a slow link, at fewer frames a second. */
export function levelFor(quality: QualityName): ColourLevel {
  return levelOfName(quality) ?? ColourLevel.High;
}
