// What npm's podcast-partytime and feedsmith read in the feed on standard input, as JSON of one form.
const { readFileSync } = require("node:fs");
const partytime = require("podcast-partytime");
const feedsmith = require("feedsmith");

const xml = readFileSync(0, "utf8");
const seconds = (date) => (date ? Math.round(new Date(date).getTime() / 1000) : null);
const enclosure = (found) => [found?.url ?? "", found?.length ?? null, found?.type ?? ""];

function byPartytime() {
  const feed = partytime.parseFeed(xml, { allowMissingGuid: true });
  const persons = (list) => (list ?? []).map((p) => [p.name, p.role, p.group, p.href ?? "", p.img ?? ""]);
  return {
    title: feed.title,
    link: feed.link,
    language: feed.language,
    author: feed.author,
    podcast_guid: feed.guid ?? "",
    funding: (feed.podcastFunding ?? []).map((f) => [f.url, f.message]),
    persons: persons(feed.podcastPeople),
    items: feed.items.map((item) => ({
      guid: item.guid,
      title: item.title,
      link: item.link ?? "",
      published: seconds(item.pubDate),
      enclosure: enclosure(item.enclosure),
      duration: item.duration,
      explicit: item.explicit,
      episode_type: item.itunesEpisodeType ?? "",
      episode: item.podcastEpisode?.number ?? null,
      season: item.itunesSeason ?? null,
      persons: persons(item.podcastPeople),
      chapters_url: item.podcastChapters?.url ?? "",
      transcripts: (item.podcastTranscripts ?? []).map((t) => [t.url, t.type, t.language ?? ""]),
      soundbites: (item.podcastSoundbites ?? []).map((s) => [s.startTime, s.duration]),
    })),
  };
}

function byFeedsmith() {
  const { feed } = feedsmith.parseFeed(xml);
  const persons = (list) =>
    (list ?? []).map((p) => [p.display, p.role ?? "host", p.group ?? "cast", p.href ?? "", p.img ?? ""]);
  return {
    title: feed.title,
    link: feed.link,
    language: feed.language,
    author: feed.itunes?.author,
    podcast_guid: feed.podcast?.guid ?? "",
    funding: (feed.podcast?.fundings ?? []).map((f) => [f.url, f.display]),
    persons: persons(feed.podcast?.persons),
    items: (feed.items ?? []).map((item) => ({
      guid: item.guid?.value,
      title: item.title,
      link: item.link ?? "",
      published: seconds(item.pubDate),
      enclosure: enclosure(item.enclosures?.[0]),
      duration: item.itunes?.duration ?? null,
      explicit: item.itunes?.explicit ?? null,
      episode_type: item.itunes?.episodeType ?? "",
      episode: item.podcast?.episode?.number ?? null,
      season: item.itunes?.season ?? null,
      notes: item.content?.encoded ?? "",
      persons: persons(item.podcast?.persons),
      chapters_url: item.podcast?.chapters?.url ?? "",
      chapters: (item.psc?.chapters ?? []).map((c) => [c.start, c.title, c.href ?? "", c.image ?? ""]),
      transcripts: (item.podcast?.transcripts ?? []).map((t) => [t.url, t.type, t.language ?? ""]),
      soundbites: (item.podcast?.soundbites ?? []).map((s) => [s.startTime, s.duration]),
    })),
  };
}

process.stdout.write(JSON.stringify({ "podcast-partytime": byPartytime(), feedsmith: byFeedsmith() }));
