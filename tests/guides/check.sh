# needs: owncast
bucket
echo 'SPILLWAY__STREAMS__LIVE__SOURCE=/home/me/owncast/data/hls' >> $folder/.env
try 'spillway check' 'cdn.example.org'
try 'spillway check --fix' 'cdn.example.org'
try 'spillway check --json' '"errors": ?0'
