import { UnsupportedDefinition } from './diagnostics.ts';
import { scopesOf } from './scopes.ts';
import type { State, StateMachineDefinition } from './states-language.ts';
import { parseTaskResource } from './task-resource.ts';

/** What a valid state asks for that this interpreter does not have. */
function unsupportedFeature(state: State, queryLanguage: string): string | undefined {
  const fields: Readonly<Record<string, unknown>> = { ...state };
  if ((fields.QueryLanguage ?? queryLanguage) !== 'JSONata') return 'JSONPath query language';
  if (state.Type === 'Task' && parseTaskResource(state.Resource)?.kind === 'activity') return 'Activity';
  if (state.Type !== 'Map') return undefined;
  const config: unknown = Object.entries(state.ItemProcessor).find(([name]) => name === 'ProcessorConfig')?.[1];
  const mode = typeof config === 'object' && config !== null && 'Mode' in config ? config.Mode : 'INLINE';
  const distributed = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'].some((name) => fields[name] !== undefined);
  return distributed || mode !== 'INLINE' ? 'Distributed Map' : undefined;
}

/** Throws {@link UnsupportedDefinition} for the first state of a valid definition that cannot run here. */
export function refuseUnsupportedFeatures(definition: StateMachineDefinition): void {
  for (const [pointer, scope] of scopesOf(definition)) {
    for (const [name, state] of Object.entries(scope.States)) {
      const feature = unsupportedFeature(state, definition.QueryLanguage ?? 'JSONPath');
      if (feature) throw new UnsupportedDefinition(feature, `${pointer}/States/${name}`);
    }
  }
}
