/** A short, soft sound for what a person should look up for. */

const SECONDS = 0.18;
const HERTZ = 880;
const LOUDNESS = 0.08;

/** Rings once. A browser that plays nothing before it was clicked, or has no sound, stays silent. */
export function ring(): void {
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = HERTZ;
    gain.gain.setValueAtTime(LOUDNESS, audio.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + SECONDS);
    tone.connect(gain).connect(audio.destination);
    tone.onended = () => void audio.close().catch(() => undefined);
    tone.start();
    tone.stop(audio.currentTime + SECONDS);
  } catch {
    // The request is on the screen all the same.
  }
}
