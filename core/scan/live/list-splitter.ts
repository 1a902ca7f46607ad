import { closingQuote } from '../manifest/closing-quote.ts';

/**
 * Takes the items out of a list while its text is still arriving, so that a page of five megabytes is never in memory as a whole: each item is passed
 * on as its own text. It looks at brackets and strings only. Text that is no JSON becomes an item or a rest that cannot be parsed.
 */
export class ListSplitter {
  readonly #onItem: (text: string) => void;
  /** The text that was not passed on yet, from the beginning of the current item or of the current rest. */
  #text = '';
  #at = 0;
  /** Open brackets, those of an item while there is one. */
  #depth = 0;
  #inString = false;
  #inItems = false;
  /** Where the last string outside of items began; it may be a key. */
  #stringStart = 0;
  #key = '';
  #rest = '';

  constructor(onItem: (text: string) => void) {
    this.#onItem = onItem;
  }

  push(chunk: string): void {
    this.#text += chunk;
    while (this.#at < this.#text.length) {
      if (this.#inString && !this.#endString()) break;
      if (this.#at >= this.#text.length) break;
      this.#step(this.#text.charCodeAt(this.#at));
      this.#at += 1;
    }
    if (!this.#inString) this.#letGo();
  }

  /** The answer without its items: `{"kind": …, "metadata": …, "items": []}`. */
  finish(): string {
    return this.#rest + this.#text;
  }

  #step(code: number): void {
    // A value that is neither an object nor a list is passed on as well, so that the caller knows it was there.
    if (this.#inItems && this.#depth === 0 && isScalar(code)) this.#onItem(this.#text.charAt(this.#at));
    if (code === QUOTE) {
      this.#inString = true;
      this.#stringStart = this.#at;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (this.#inItems && this.#depth === 0) {
        this.#text = this.#text.slice(this.#at);
        this.#at = 0;
      } else if (!this.#inItems && this.#depth === 1 && code === OPEN_BRACKET && this.#key === 'items') {
        this.#inItems = true;
        this.#rest += this.#text.slice(0, this.#at + 1);
        this.#text = this.#text.slice(this.#at + 1);
        this.#at = -1;
        this.#depth = 0;
        return;
      }
      this.#depth += 1;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) this.#close();
    else if (code === COMMA && !this.#inItems) this.#key = '';
  }

  #close(): void {
    if (this.#inItems && this.#depth === 0) {
      // This bracket ends the items, and the rest follows.
      this.#inItems = false;
      this.#key = '';
      this.#text = this.#text.slice(this.#at);
      this.#at = 0;
      this.#depth = 1;
      return;
    }
    this.#depth -= 1;
    if (!this.#inItems || this.#depth > 0) return;
    this.#onItem(this.#text.slice(0, this.#at + 1));
    this.#text = this.#text.slice(this.#at + 1);
    this.#at = -1;
  }

  /** Moves past the quote that ends the string; false when it has not arrived yet. */
  #endString(): boolean {
    const quote = closingQuote(this.#text, Math.max(this.#at, this.#stringStart + 1));
    if (quote === -1) {
      this.#at = this.#text.length;
      return false;
    }
    this.#inString = false;
    if (!this.#inItems && this.#depth === 1) this.#key ||= this.#text.slice(this.#stringStart + 1, quote);
    this.#at = quote + 1;
    return true;
  }

  /** Between items no text has to be kept. */
  #letGo(): void {
    if (!this.#inItems || this.#depth > 0) return;
    this.#text = this.#text.slice(this.#at);
    this.#at = 0;
  }
}

const isScalar = (code: number): boolean =>
  code > BLANK && ![COMMA, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE].includes(code);

const BLANK = 32;
const QUOTE = 34;
const COMMA = 44;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
