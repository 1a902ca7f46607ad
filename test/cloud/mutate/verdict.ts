import type { Mutation } from './mutation.ts';

/** What became of a mutation. */
export interface Verdict {
  readonly id: string;
  /** The small run saw that something was wrong. */
  readonly killed: boolean;
  /** What it said. */
  readonly causes: readonly string[];
  readonly seconds: number;
  /** It hung until its time was up, which shows that something is wrong and not what. */
  readonly didNotEnd?: true;
}

/** Whether one of the causes leads to the fault, in whatever case: SQS writes its actions in lower case. A route is named with what stands in its placeholders: `{id}` is any one part of a path. */
export function namesTheCause({ named }: Mutation, { causes }: Verdict): boolean {
  const names = (cause: string) => (word: string) =>
    cause.toLowerCase().includes(word.toLowerCase()) || (word.includes('{') && ofRoute(word).test(cause));
  return causes.some((cause) => named.every(names(cause)));
}

const ofRoute = (route: string): RegExp => new RegExp(`${route.replaceAll(/\{.*?\}/g, '[^/\\s]+')}(?!\\S)`);
