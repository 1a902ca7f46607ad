import type { ApiRow } from './api-row.ts';
import admissionregistration from './apis/admissionregistration.k8s.io.json' with { type: 'json' };
import apiextensions from './apis/apiextensions.k8s.io.json' with { type: 'json' };
import apiregistration from './apis/apiregistration.k8s.io.json' with { type: 'json' };
import apps from './apis/apps.json' with { type: 'json' };
import auditregistration from './apis/auditregistration.k8s.io.json' with { type: 'json' };
import authentication from './apis/authentication.k8s.io.json' with { type: 'json' };
import authorization from './apis/authorization.k8s.io.json' with { type: 'json' };
import autoscaling from './apis/autoscaling.json' with { type: 'json' };
import batch from './apis/batch.json' with { type: 'json' };
import certificates from './apis/certificates.k8s.io.json' with { type: 'json' };
import coordination from './apis/coordination.k8s.io.json' with { type: 'json' };
import core from './apis/core.json' with { type: 'json' };
import discovery from './apis/discovery.k8s.io.json' with { type: 'json' };
import events from './apis/events.k8s.io.json' with { type: 'json' };
import extensions from './apis/extensions.json' with { type: 'json' };
import flowcontrol from './apis/flowcontrol.apiserver.k8s.io.json' with { type: 'json' };
import lifecycle from './apis/lifecycle.k8s.io.json' with { type: 'json' };
import networking from './apis/networking.k8s.io.json' with { type: 'json' };
import node from './apis/node.k8s.io.json' with { type: 'json' };
import policy from './apis/policy.json' with { type: 'json' };
import rbac from './apis/rbac.authorization.k8s.io.json' with { type: 'json' };
import resource from './apis/resource.k8s.io.json' with { type: 'json' };
import scheduling from './apis/scheduling.k8s.io.json' with { type: 'json' };
import settings from './apis/settings.k8s.io.json' with { type: 'json' };
import storage from './apis/storage.k8s.io.json' with { type: 'json' };
import storagemigration from './apis/storagemigration.k8s.io.json' with { type: 'json' };

/** Every row of `apis/*.json`, one file for each API group. The rows are not validated here: `npm run data:check` validates them. */
export const apiRows = [
  ...admissionregistration,
  ...apiextensions,
  ...apiregistration,
  ...apps,
  ...auditregistration,
  ...authentication,
  ...authorization,
  ...autoscaling,
  ...batch,
  ...certificates,
  ...coordination,
  ...core,
  ...discovery,
  ...events,
  ...extensions,
  ...flowcontrol,
  ...lifecycle,
  ...networking,
  ...node,
  ...policy,
  ...rbac,
  ...resource,
  ...scheduling,
  ...settings,
  ...storage,
  ...storagemigration,
] as readonly unknown[] as readonly ApiRow[];
