/** A construct that DuckDB and Trino answer differently, or that only one of them has. */
export interface Ban {
  readonly name: string;
  /** What to write instead, or what goes wrong. */
  readonly reason: string;
  /** On text without comments and with the contents of its literals blanked. */
  readonly pattern: RegExp;
  /** A text in which it stands: the lint is tested with each. */
  readonly example: string;
}

const functions = (names: string): RegExp => new RegExp(`\\b(?:${names})\\s*\\(`, 'i');

/** An operand that is surely a double: only quotients of these are the same. */
const doubleOperand = String.raw`(?:nullif\(CAST\([^()]*(?:\([^()]*\)[^()]*)* AS double\), 0e0\)|CAST\([^()]*(?:\([^()]*\)[^()]*)* AS double\)|\d+(?:\.\d+)?e\d+)`;

export const bans: readonly Ban[] = [
  {
    name: 'integer division',
    reason: '5/2 is 2.5 in DuckDB and 2 in Trino; decimals get other scales: divide by a double',
    pattern: new RegExp(`/(?!/)(?! ?${doubleOperand})`, 'i'),
    example: 'SELECT a / b FROM events',
  },
  { name: '// division', reason: 'DuckDB only', pattern: /\/\//, example: 'SELECT a // b FROM events' },
  {
    name: 'extract of other fields than hour',
    reason: 'days of the week are numbered differently',
    pattern: /\bextract\s*\(\s*(?!hour\b)/i,
    example: 'SELECT extract(dow FROM t) FROM events',
  },
  {
    name: 'names of days and hours as functions',
    reason: 'one engine only, or numbered differently',
    pattern: functions('day_of_week|dow|day_of_year|week|weekday|dayofweek|isodow|hour|month|year|date_part|dayname'),
    example: 'SELECT day_of_week(t) FROM events',
  },
  {
    name: 'concat',
    reason: "concat('a', NULL) is 'a' in DuckDB and NULL in Trino: ||",
    pattern: functions('concat|concat_ws'),
    example: 'SELECT concat(a, b) FROM events',
  },
  {
    name: 'split_part beyond the first',
    reason: "past the end '' in DuckDB and NULL in Trino",
    pattern: /\bsplit_part\s*\((?![^()]*,\s*1\s*\))/i,
    example: "SELECT split_part(a, '.', 2) FROM events",
  },
  {
    name: 'greatest and least',
    reason: 'NULL is passed over by DuckDB, and is the answer in Trino',
    pattern: functions('greatest|least'),
    example: 'SELECT greatest(a, b) FROM events',
  },
  {
    name: 'avg',
    reason: 'of decimals a decimal in Trino, a double in DuckDB: sum ÷ count',
    pattern: functions('avg|mean|median|mode'),
    example: 'SELECT avg(a) FROM events',
  },
  {
    name: 'regular expressions',
    reason: 'regexp_replace replaces the first or all, and the dialects differ',
    pattern: functions('regexp_\\w+'),
    example: "SELECT regexp_replace(a, 'x', 'y') FROM events",
  },
  {
    name: 'formats of dates',
    reason: 'format codes differ',
    pattern: functions('date_format|format_datetime|strftime|strptime|date_parse|parse_datetime|to_char|format'),
    example: "SELECT date_format(t, '%Y') FROM events",
  },
  {
    name: 'functions of instants',
    reason: 'one engine only, or other arguments: t + INTERVAL',
    pattern: functions(
      'date_add|dateadd|date_sub|datediff|epoch|epoch_ms|to_unixtime|from_unixtime|at_timezone|timezone|age|now',
    ),
    example: "SELECT date_add('day', 1, t) FROM events",
  },
  {
    name: 'AT TIME ZONE',
    reason: 'another type',
    pattern: /\bat\s+time\s+zone\b/i,
    example: "SELECT t AT TIME ZONE 'UTC'",
  },
  {
    name: 'today',
    reason: 'not the range that was asked for',
    pattern: /\b(?:current_date|current_timestamp|localtimestamp)\b/i,
    example: 'SELECT current_date',
  },
  {
    name: 'date_diff of other units or of instants',
    reason: 'DuckDB counts midnights between two instants, Trino whole days; of two dates it is the same',
    pattern: /\bdate_diff\s*\(\s*(?!'xxx', (?:DATE\b|CAST\((?:[^()]|\([^()]*\))* AS date\)))/i,
    example: "SELECT date_diff('hour', a, b) FROM events",
  },
  {
    name: 'intervals without quotes or of months',
    reason: "INTERVAL '1' DAY is read by both",
    pattern: /\binterval\s+(?!'x*'\s+(?:DAY|HOUR|MINUTE|SECOND)\b)/i,
    example: 'SELECT t + INTERVAL 1 DAY FROM events',
  },
  { name: 'QUALIFY', reason: 'DuckDB only', pattern: /\bqualify\b/i, example: 'SELECT a FROM events QUALIFY true' },
  {
    name: 'GROUP BY ALL',
    reason: 'means something else in Trino',
    pattern: /\b(?:group|order)\s+by\s+all\b/i,
    example: 'SELECT a FROM events GROUP BY ALL',
  },
  { name: '::', reason: 'DuckDB only: CAST', pattern: /::/, example: 'SELECT a::date FROM events' },
  {
    name: 'double quotes',
    reason: 'DuckDB takes "x" for text when there is no such column',
    pattern: /"/,
    example: 'SELECT "a" FROM events',
  },
  {
    name: 'DuckDB’s selections',
    reason: 'DuckDB only',
    pattern:
      /\*\s*(?:exclude|replace)\b|\busing\s+sample\b|\bunion\s+(?:all\s+)?by\s+name\b|\bilike\b|\basof\b|\bsemi\s+join\b|\banti\s+join\b/i,
    example: 'SELECT * EXCLUDE (a) FROM events',
  },
  {
    name: 'approximations',
    reason: 'reports are exact, and the sketches differ',
    pattern: functions('approx_\\w+|quantile\\w*|percentile\\w*'),
    example: 'SELECT approx_distinct(a) FROM events',
  },
  {
    name: 'any value of a group',
    reason: 'ties and NULL are decided differently: row_number()',
    pattern: functions('max_by|min_by|arg_max|arg_min|arbitrary|any_value|first|last'),
    example: 'SELECT max_by(a, b) FROM events',
  },
  {
    name: 'lists, maps and JSON',
    reason: 'other names and other texts',
    pattern: functions(
      'array_agg|list|string_agg|listagg|map_agg|histogram|json_\\w+|unnest|cardinality|element_at|sequence|range|generate_series',
    ),
    example: 'SELECT array_agg(a) FROM events',
  },
  {
    name: 'count_if',
    reason: 'another type of integer: count(*) FILTER',
    pattern: functions('count_if|countif|bool_and|bool_or|every'),
    example: 'SELECT count_if(a) FROM events',
  },
  {
    name: 'IF and other ways to choose',
    reason: 'one engine only: CASE',
    pattern: functions('if|iff|ifnull|nvl|try'),
    example: 'SELECT if(a, b, c) FROM events',
  },
  {
    name: 'ORDER BY without a place for NULL',
    reason: 'said wherever the key can be NULL; the other keys are listed in the lint',
    pattern:
      /\border\s+by\b[^()]*?\b(?:currency|session_seq|received_at|txn_timestamp|value)\b(?!\s*(?:=|THEN|IS)|\s+(?:(?:ASC|DESC)\s+)?NULLS\b)/i,
    example: 'SELECT a FROM events ORDER BY a, currency',
  },
  {
    name: 'sum without a cast',
    reason: 'a sum of bigint is a hugeint in DuckDB, a sum of decimals has another scale',
    pattern: /(?<!CAST\((?:coalesce\()?)\bsum\s*\((?!CASE WHEN views >= )/i,
    example: 'SELECT sum(a) FROM events',
  },
  {
    name: 'text against days',
    reason: 'Trino casts nothing by itself',
    pattern: /\b(?:event_time|local_day|first_day)\s*(?:=|<|>|<=|>=|BETWEEN)\s*'/i,
    example: "SELECT a FROM events WHERE event_time >= '2026-11-20'",
  },
  {
    name: 'substr from 0',
    reason: 'the first character is 1',
    pattern: /\bsubstr(?:ing)?\s*\([^()]*,\s*0\s*[,)]/i,
    example: 'SELECT substr(a, 0, 2) FROM events',
  },
  {
    name: 'remainders of what may be negative',
    reason: 'only days since 1900 are known to be positive',
    pattern: /(?<!date_diff\('xxx', DATE 'x{10}', CAST\((?:[^()]|\([^()]*\))* AS date\)\)\s*)%/i,
    example: 'SELECT a % 7 FROM events',
  },
  {
    name: 'LIMIT without an order',
    reason: 'any rows',
    pattern: /(?<!ORDER BY [^()]*)\bLIMIT\b/i,
    example: 'SELECT a FROM events LIMIT 5',
  },
  {
    name: 'aliases of the same SELECT in GROUP BY',
    reason: 'Trino knows none: ordinals',
    pattern: /\bgroup\s+by\s+(?!\d|grouping\s+sets\b|all\b)/i,
    example: 'SELECT a + 1 AS b FROM events GROUP BY b',
  },
  {
    name: 'backslashes',
    reason: 'no escape in either engine: written by mistake',
    pattern: /\\/,
    example: 'SELECT \\a',
  },
  { name: 'a semicolon', reason: 'Athena takes one statement', pattern: /;/, example: 'SELECT 1; SELECT 2' },
];

/** Literals keep their length, so that what is found is found at its place. */
const blank = (sql: string): string =>
  sql.replace(/'(?:[^']|'')*'/g, (literal) => `'${'x'.repeat(literal.length - 2)}'`).replace(/--[^\n]*/g, '');

/** What is wrong with a text, each as `name: reason (at the text)`. None for a text that both engines answer alike. */
export const checkCommonSubset = (sql: string): readonly string[] => {
  const text = blank(sql).replace(/\s+/g, ' ');
  return bans.flatMap(({ name, reason, pattern }) => {
    const found = pattern.exec(text);
    return found === null ? [] : [`${name}: ${reason} (at ${text.slice(found.index, found.index + 40)})`];
  });
};
