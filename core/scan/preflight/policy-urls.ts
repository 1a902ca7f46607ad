import { foundOf, type PreflightCheck } from './preflight-check.ts';

const name = 'UrlNotReady';

export const policyUrls: PreflightCheck = {
  name,
  finds: 'A URL that the policy names (`scan.urls`) does not answer with success.',
  observe({ cluster, urls = [] }) {
    return urls
      .filter(({ isReady }) => !isReady)
      .map(({ url, answer }) =>
        foundOf(name, 'eks', cluster, {
          subject: { kind: 'URL', name: url },
          cause: `url:${url}`,
          message: `The URL ${url}, which the policy wants to answer with success before a hop, does not: ${answer}.`,
          fix: 'Bring back what answers there, and look again.',
        }),
      );
  },
};
