import { probeUrls } from './probe-urls.ts';

test('a URL is asked with the name of the cluster in it, and told so without its query', async () => {
  const asked: string[] = [];
  const probe = {
    get: async (url: string) => {
      asked.push(url);
      if (url.includes('down')) throw new Error('No answer.');
      return { status: url.includes('gone') ? 404 : 204 };
    },
  };
  const urls = [
    'https://{cluster}.example.com/?key=1',
    'https://gone.example.com/{cluster}',
    'https://down.example.com/',
  ];
  expect(await probeUrls({ probe }, 'web', urls)).toEqual([
    { url: 'web.example.com/', isReady: true, answer: 'it answered 204' },
    { url: 'gone.example.com/web', isReady: false, answer: 'it answered 404' },
    { url: 'down.example.com/', isReady: false, answer: 'No answer' },
  ]);
  expect(asked[0]).toBe('https://web.example.com/?key=1');
  expect(await probeUrls({ probe }, 'web')).toEqual([]);
});
