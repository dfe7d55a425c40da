"""What programs read of a show: RSS, JSON Feed, OPML, one episode as JSON; who is told of changes; how healthy it is.

Rows become plain records (`content`), records become bytes (`document`, then one module a format), `views` answers.
"""
