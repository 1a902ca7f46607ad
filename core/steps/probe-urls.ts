import { errorMessage } from '../contracts/errors.ts';
import { fillCluster } from '../model/placeholders.ts';
import { gateName } from '../policy/gate-answer.ts';
import type { Ports } from '../ports/ports.ts';
import type { ProbedUrl } from '../scan/preflight/preflight-check.ts';

/**
 * Asks the URLs that a policy names all at once, before a hop and after it. A URL that cannot be reached, or is refused as private, counts as not
 * answering. A query may hold a token, so it is not shown.
 */
export const probeUrls = (
  { probe }: Pick<Ports, 'probe'>,
  cluster: string,
  urls: readonly string[] = [],
): Promise<ProbedUrl[]> =>
  Promise.all(
    urls.map(async (said) => {
      const text = fillCluster(said, cluster);
      const url = gateName({ webhook: text });
      try {
        const { status } = await probe.get(text);
        return { url, isReady: status >= 200 && status < 300, answer: `it answered ${status}` };
      } catch (error) {
        return { url, isReady: false, answer: errorMessage(error).replace(/\.$/, '') };
      }
    }),
  );
