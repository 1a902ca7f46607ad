/** What a child process says, a line of JSON each. */
export type ChildReport =
  | { readonly type: 'started'; readonly continued: boolean }
  | { readonly type: 'minute'; readonly minute: number }
  | {
      readonly type: 'ended';
      readonly rested: boolean;
      readonly clusters: readonly ClusterEnd[];
      readonly problems: readonly string[];
    };

export interface ClusterEnd {
  readonly name: string;
  readonly version: string;
  readonly nodegroups: readonly string[];
  readonly addons: readonly string[];
}
