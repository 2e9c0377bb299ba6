/** Which stream a viewer's wish comes to. */
import { AUTO_STREAM, levelOfName, type QualityName, type StreamLevel } from '../../codecs/index.js';

export function levelFor(quality: QualityName): StreamLevel {
  return levelOfName(quality) ?? AUTO_STREAM;
}
