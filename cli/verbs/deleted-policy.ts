import { type DeletedConfig, deletedText } from '../../core/policy/deleted-configs.ts';
import { Failure } from '../command/failure.ts';

/** Says of a policy that is asked for who has deleted it; undefined where nobody has. `deleted` is absent where the API is older. */
export function deletedPolicy(name: string, deleted: readonly DeletedConfig[] | undefined): Failure | undefined {
  const found = deleted?.find((one) => one.name === name);
  if (found === undefined) return undefined;
  return new Failure(`liftlock: there is no policy ${name} any more: it ${deletedText(found)}`);
}
