# needs: owncast
bucket
echo 'SPILLWAY__STREAMS__LIVE__SOURCE=/home/me/owncast/data/hls' >> $folder/.env
start 'spillway serve' 'Health +https://tv'
on_air
try 'spillway sweep --dry-run'
try 'spillway sweep --stream live'
finish
settings "a dry run where no server runs" 'spillway sweep --dry-run'
