BEGIN TRANSACTION;
CREATE TABLE answers (
	id INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	provider VARCHAR(64) NOT NULL,
	version TEXT NOT NULL,
	expires_at BIGINT NOT NULL,
	latitude FLOAT,
	longitude FLOAT,
	place_name TEXT NOT NULL,
	about TEXT NOT NULL,
	"query" TEXT NOT NULL,
	reply TEXT NOT NULL,
	asked_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "answers" VALUES(517882628659640682,'atlantis','nominatim','1',9007199254740992,NULL,NULL,'','["unresolved",0.0,[],"city unknown: nothing found",[]]','city=Graz','{"osm_id": 17}',1700000000);
INSERT INTO "answers" VALUES(4049516847697751420,'graz','nominatim','1',9007199254740992,47.06667,15.45,'Graz, Österreich','["city",0.72,["ambiguous","approximate"],"city found by parts",[[47.0,15.0,"Graz; \"Umgebung\"",0.5]]]','city=Graz','{"osm_id": 17}',1700000000);
CREATE TABLE claims (
	id INTEGER NOT NULL,
	owner TEXT NOT NULL,
	until FLOAT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE meta (
	name VARCHAR(64) NOT NULL,
	value BIGINT NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "meta" VALUES('schema',1);
INSERT INTO "meta" VALUES('revision',2);
CREATE TABLE paces (
	provider VARCHAR(64) NOT NULL,
	next_at FLOAT NOT NULL,
	PRIMARY KEY (provider)
);
CREATE TABLE pins (
	id INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	facility TEXT NOT NULL,
	city TEXT NOT NULL,
	state TEXT NOT NULL,
	postcode TEXT NOT NULL,
	country TEXT NOT NULL,
	latitude FLOAT NOT NULL,
	longitude FLOAT NOT NULL,
	note TEXT NOT NULL,
	who TEXT NOT NULL,
	pinned_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "pins" VALUES(-939513029740665344,'lkh grazgraz8036austria','LKH Graz','Graz','','8036','Austria',47.08,15.46,'the gate, "north"','eva',1700000000);
INSERT INTO "pins" VALUES(3133412332294710898,'yvoir','','Yvoir','','','',-1.25,0.1,'','',1700000001);
COMMIT;
