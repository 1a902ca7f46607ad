/** The most bytes of UTF-8 JSON text in the input or output of a state, task or execution: 256 KiB. Source: Step Functions quotas. */
export const maximumDataBytes = 262_144;

/** Whether JSON text is above the limit, in bytes of UTF-8 and not in characters. */
export function exceedsDataLimit(text: string): boolean {
  // One UTF-16 unit is at most three bytes, so most texts need not be measured.
  return text.length * 3 > maximumDataBytes && Buffer.byteLength(text, 'utf8') > maximumDataBytes;
}
