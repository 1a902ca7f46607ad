import type { Reason } from '../../core/contracts/step-result.ts';
import type { ReadinessView } from '../../core/queries/list-clusters.ts';
import { packageVersion } from '../command/package-version.ts';
import { SARIF_SCHEMA, sarifText } from '../output/scan/sarif.ts';

/** SARIF 2.1.0 for code scanning: a result for each reason that blocks a cluster, and one for a cluster whose readiness is not known. */
export async function readinessSarif(items: readonly ReadinessView[]): Promise<string> {
  const results = items.flatMap((item) => item.reasons.map((reason, index) => result(item, reason, index)));
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].map((id) => ({ id }));
  const driver = { name: 'Liftlock', version: await packageVersion(), rules };
  const run = { tool: { driver }, automationDetails: { id: 'liftlock-readiness/' }, results };
  return `${JSON.stringify({ $schema: SARIF_SCHEMA, version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

function result(item: ReadinessView, { code, message }: Reason, index: number) {
  const { cluster, name, version, for: next, verdict, scannedAt } = item;
  return {
    ruleId: `readiness/${code}`,
    level: verdict === 'blocked' ? 'error' : 'warning',
    message: { text: sarifText(`${name} at ${version} is ${verdict} for ${next ?? 'no minor'}: ${message}`) },
    locations: [
      {
        // Code scanning refuses results without a file; no such file exists, as with findings of a scan in a cluster.
        physicalLocation: {
          artifactLocation: { uri: `clusters/${encodeURIComponent(cluster)}` },
          region: { startLine: 1, startColumn: 1 },
        },
        logicalLocations: [{ name, fullyQualifiedName: cluster, kind: 'resource' }],
      },
    ],
    // The message is left out, because its figures change from day to day while the alert stays the same.
    partialFingerprints: { primaryLocationLineHash: `${cluster}/${code}:${index}` },
    properties: { verdict, for: next, scannedAt },
  };
}
