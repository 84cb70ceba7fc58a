"""Log records and single requests: from where they happen to a file, a collector, and the store.

The way of a log record, and what it is at each station::

    logging                   LogRecord
    handler.RecordHandler     Record, as it was when it was logged; waits for the run's name
    stream.Stream             a line of JSON and its time, in between the requests; 64 KiB joined
    agent.outlets             waits for the disk, or for the collector (push.Push)
    rotating.RotatingFile     this process's own file                                (the end)
    lines.Message             one frame of ZeroMQ: who sends it, how many lines came before, lines
    collector.intake          bounded, whoever sends it
    collector.message_reader  each line read: somebody else may have written it
    rotating.RotatingFile     one file of all processes
    collector.point_sender    a point; waits for the store, in a thread

The way of a single request::

    request event          counted (recording), and appended to one flat list: requests.RawRequests
    requests.encode        256 at a time, a point, a line of JSON and its time: parts that are
                           remembered for each kind of request (kinds.Kinds) around the numbers
    its point              agent.books: batches into the spool, as all of the run's points
    its line               stream.Stream, and on as above; the collector makes no point of it

What is known when something happens goes with it: its time beside its line, the number of lines
beside those that are joined. Two things are read back from text: a line that came over the network,
and the requests that a point stands for where a store refuses it and takes those around it
(`recording.points.requests_of`): the spool keeps no number for each point.
"""
