# needs: owncast
bucket
start 'spillway serve --source /home/me/owncast/data/hls' 'Health +https://tv'
on_air
# Each for some seconds instead of until its end.
as 'spillway watch https://tv.example.org/live/playlist.m3u8' 'spillway watch https://tv.example.org/live/playlist.m3u8 --minutes 0.2' 'segment'
as 'spillway watch https://tv.example.org/hls/stream.m3u8 --minutes 10 --origin https://player.example.org' \
  'spillway watch https://tv.example.org/hls/stream.m3u8 --minutes 0.2 --origin https://player.example.org' 'segment'
as 'spillway watch URL --json > findings.jsonl' 'spillway watch http://127.0.0.1:8080/hls/stream.m3u8 --minutes 0.2 --json > findings.jsonl; cat findings.jsonl' '"summary"'
finish
