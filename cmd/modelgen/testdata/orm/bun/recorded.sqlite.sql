CREATE TABLE "orgs" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" VARCHAR NOT NULL, UNIQUE ("name"));

CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" VARCHAR NOT NULL DEFAULT 'nobody', "email_address" VARCHAR, "phone" varchar(30), "org_id" INTEGER, "created_at" TIMESTAMP NOT NULL DEFAULT current_timestamp, "gone" TIMESTAMP, CONSTRAINT "contact" UNIQUE ("email_address", "phone"), FOREIGN KEY ("org_id") REFERENCES "orgs" ("id") ON UPDATE RESTRICT ON DELETE CASCADE);

CREATE TABLE "groups" ("id" INTEGER NOT NULL, "caption" VARCHAR, PRIMARY KEY ("id"));

CREATE TABLE "user_to_groups" ("user_id" INTEGER NOT NULL, "group_id" INTEGER NOT NULL, PRIMARY KEY ("user_id", "group_id"), FOREIGN KEY ("group_id") REFERENCES "groups" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);

CREATE TABLE "kinds" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "flag" BOOLEAN, "i" INTEGER, "i8" INTEGER, "i16" INTEGER, "i32" INTEGER, "u" INTEGER, "u8" INTEGER, "u16" INTEGER, "u32" INTEGER, "u64" INTEGER, "f32" REAL, "f64" DOUBLE PRECISION, "s" VARCHAR, "text" VARCHAR, "t" TIMESTAMP, "d" INTEGER, "b" BLOB, "ip" BLOB, "net" VARCHAR, "raw" JSON, "u4" uuid DEFAULT '00000000-0000-0000-0000-000000000000', "ns" VARCHAR, "ni" INTEGER, "ni32" VARCHAR, "nb" BOOLEAN, "nf" DOUBLE PRECISION, "nt" TIMESTAMP, "bt" TIMESTAMP, "map" VARCHAR, "struct" VARCHAR, "slice" VARCHAR, "arr" varchar, "ptr" VARCHAR, "httpurl" VARCHAR, "api_key_id" VARCHAR, "o_auth2id" VARCHAR, "zip" VARCHAR, "price" decimal(10,2) DEFAULT (1 + 2), "big" bigint);

CREATE TABLE "stories" ("created_at" TIMESTAMP NOT NULL DEFAULT current_timestamp, "updated_at" TIMESTAMP, "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "author_id" INTEGER NOT NULL, "home_street" VARCHAR NOT NULL, "home_zip" VARCHAR, "home_city" VARCHAR, "note" VARCHAR, CONSTRAINT "home_where" UNIQUE ("home_zip", "home_city"), FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);

CREATE TABLE "categories" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "parent_id" INTEGER, FOREIGN KEY ("parent_id") REFERENCES "categories" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);

CREATE TABLE "people" ("id" uuid NOT NULL, "name" VARCHAR, PRIMARY KEY ("id"), UNIQUE ("name"));

CREATE TABLE "keyeds" ("id" INTEGER NOT NULL, "locale" varchar(5) NOT NULL, PRIMARY KEY ("id", "locale"));

CREATE TABLE "lines" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "k_id" INTEGER, "k_locale" varchar(5), FOREIGN KEY ("k_id", "k_locale") REFERENCES "keyeds" ("id", "locale") ON UPDATE NO ACTION ON DELETE NO ACTION);

CREATE TABLE "no_keys" ("id" INTEGER, "name" VARCHAR);

CREATE TABLE "comments" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "item_id" INTEGER, "item_type" VARCHAR);

