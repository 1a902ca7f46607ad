/** A set of characters at one place of a pattern; with `repeats` any number of them, also none. */
interface Place {
  readonly characters: string | 'any' | 'no colon' | 'no slash';
  readonly repeats: boolean;
}

/** Variables of ARN templates whose values contain slashes. In all others a slash ends the value. */
const WITH_SLASHES = new Set([
  'AlarmName',
  'ApiSpecificResourcePath',
  'LogGroupName',
  'LogStreamName',
  'ParameterNameWithoutLeadingSlash',
  'RoleNameWithPath',
  'SecretId',
  'UserNameWithPath',
]);
/** Variables whose values are times, or names with any character. */
const WITH_COLONS = new Set(['ObjectName', 'StreamLabel']);
/** Variables that are empty in ARNs without an account or Region. */
const MAY_BE_EMPTY = new Set(['Account', 'Partition', 'Region']);

/**
 * Whether some ARN is covered both by a pattern of a policy (`arn:aws:eks:*:111111111111:cluster/*`) and by a template of IAM's table
 * (`arn:<Partition>:eks:<Region>:<Account>:cluster/<ClusterName>`). It follows both at once, a character at a time.
 */
export function overlaps(pattern: string, template: string): boolean {
  const left = placesOfPattern(pattern);
  const right = placesOfTemplate(template);
  const seen = new Set<number>();
  const open: [number, number][] = [[0, 0]];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const [inLeft, inRight] = state;
    const key = inLeft * (right.length + 1) + inRight;
    if (seen.has(key)) continue;
    seen.add(key);
    const [here, there] = [left[inLeft], right[inRight]];
    if (here === undefined && there === undefined) return true;
    if (here?.repeats) open.push([inLeft + 1, inRight]);
    if (there?.repeats) open.push([inLeft, inRight + 1]);
    if (here === undefined || there === undefined || !share(here, there)) continue;
    open.push([here.repeats ? inLeft : inLeft + 1, there.repeats ? inRight : inRight + 1]);
  }
  return false;
}

function share(left: Place, right: Place): boolean {
  const isSet = ({ characters }: Place) => characters.length > 1;
  if (isSet(left) && isSet(right)) return true;
  if (isSet(left)) return has(left, right.characters);
  return isSet(right) ? has(right, left.characters) : left.characters === right.characters;
}

function has({ characters }: Place, character: string): boolean {
  if (character === ':') return characters === 'any';
  return character !== '/' || characters !== 'no slash';
}

const COLONS_BEFORE_RESOURCE = 5;

function placesOfPattern(pattern: string): Place[] {
  const colons = pattern.split(':').length - 1;
  let seen = 0;
  return [...pattern].map((character, at): Place => {
    if (character === ':') seen++;
    const isLast = at === pattern.length - 1;
    // A wildcard stays within its part, except in the last part, and where the pattern ends early.
    const reach = seen >= COLONS_BEFORE_RESOURCE || (isLast && colons < COLONS_BEFORE_RESOURCE) ? 'any' : 'no colon';
    if (character === '*') return { characters: reach, repeats: true };
    return { characters: character === '?' ? reach : character, repeats: false };
  });
}

function placesOfTemplate(template: string): Place[] {
  return template.split(/(<[^>]*>)/).flatMap((part): Place[] => {
    const variable = /^<(.*)>$/.exec(part)?.[1];
    if (variable === undefined) return [...part].map((characters) => ({ characters, repeats: false }));
    const named = WITH_SLASHES.has(variable) ? 'no colon' : 'no slash';
    const characters = WITH_COLONS.has(variable) ? 'any' : named;
    const some: Place = { characters, repeats: true };
    return MAY_BE_EMPTY.has(variable) ? [some] : [{ characters, repeats: false }, some];
  });
}
