/** Says how often something happened without saying it each time: at once, then at most once in `everyMs`. */
export function createSeldom<Detail>(
  tell: (times: number, last: Detail) => void,
  everyMs = 60_000,
): { add(detail: Detail): void; close(): void } {
  let times = 0;
  let last: Detail;
  let timer: NodeJS.Timeout | undefined;
  const say = (): void => {
    const told = times;
    times = 0;
    timer = undefined;
    if (told === 0) return;
    timer = setTimeout(say, everyMs).unref();
    tell(told, last);
  };
  return {
    add(detail) {
      times++;
      last = detail;
      if (!timer) say();
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
      if (times > 0) tell(times, last);
      times = 0;
    },
  };
}
