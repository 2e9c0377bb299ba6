/** The customer of a simulated desktop, who answers what technicians write, with the same few sentences in turn. */
import type { ChatEntry, Clock, Micros } from '../../../engine/index.js';
import type { Locale } from '../../messages/index.js';
import { hostMessages } from './messages.js';

/** A quick typist's short sentence. */
export const ANSWER_DELAY: Micros = 1_500_000;

export interface SimulatedCustomerOptions {
  readonly clock: Clock;
  readonly language: Locale;
  /** Says something to everybody. */
  say(text: string): void;
}

export class SimulatedCustomer {
  readonly #options: SimulatedCustomerOptions;
  readonly #answers: readonly string[];
  #answered = 0;
  #isTyping = false;

  constructor(options: SimulatedCustomerOptions) {
    this.#options = options;
    this.#answers = hostMessages(options.language).answers;
  }

  /** Somebody has said something. What comes while the customer types gets no answer of its own. */
  hear({ own, earlier, viewer }: ChatEntry): void {
    if (own || earlier || viewer === 0 || this.#isTyping) return;
    this.#isTyping = true;
    this.#options.clock.after(ANSWER_DELAY, () => {
      this.#isTyping = false;
      this.#options.say(this.#answers[this.#answered++ % this.#answers.length]!);
    });
  }
}
