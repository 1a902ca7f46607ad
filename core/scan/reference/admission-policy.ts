import { isMapping } from '../manifest/manifest-object.ts';
import { valuesAt } from '../workload/values-at.ts';
import type { ObserveReferences } from './observe-references.ts';
import { rulesNaming } from './webhook-rules.ts';

/** Rules of a ValidatingAdmissionPolicy that name versions which are gone: with `matchPolicy: Exact` they match nothing any more. */
export const observePolicy: ObserveReferences = (object, context) =>
  valuesAt(object.value, 'spec.matchConstraints.resourceRules[]').flatMap(({ path, value }) =>
    isMapping(value) ? rulesNaming(object, context, value, path, 'A rule of the policy names') : [],
  );
