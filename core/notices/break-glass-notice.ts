import { NOTHING, type Notice, notice, type Of } from './notice.ts';

export function breakGlassNotice(event: Of<'BreakGlassChanged'>): Notice {
  const { of, status, by, reason, until } = event.detail;
  const [kind = '', name = '', , rollout] = of.split(' ');
  const verb = kind === 'wave' ? `wave ${rollout} ${name}` : `${kind} ${name}`;
  const end = `To end it: liftlock break-glass ${verb} --end`;
  switch (status) {
    case 'Opened':
      return notice(
        event,
        `${by} broke the glass of the ${of}: until ${until} no window and no freeze holds it.`,
        reason,
        end,
      );
    case 'Requested': {
      const todo = `Whoever agrees runs: liftlock break-glass ${verb} --reason WHY. ${end}`;
      return notice(
        event,
        `${by} asks to break the glass of the ${of} until ${until}; a second person has to agree.`,
        reason,
        todo,
      );
    }
    case 'Ended':
      return notice(event, `${by} mended the glass of the ${of}: its windows and freezes hold again.`, reason, NOTHING);
  }
}
